import type { ReactNode } from 'react';
import { Body, Container, Head, Heading, Hr, Html, Link, Preview, Text } from 'react-email';

const font = { fontFamily: 'Helvetica, Arial, sans-serif', color: '#1f2933' };

/** The frame of every mail. `preview` is the line an inbox shows beside the subject. */
export function MailLayout(props: { title: string; preview: string; children: ReactNode }): ReactNode {
  return (
    <Html lang="en">
      <Head />
      <Preview>{props.preview}</Preview>
      <Body style={{ ...font, backgroundColor: '#f5f7fa', padding: '16px' }}>
        <Container style={{ backgroundColor: '#ffffff', padding: '8px 24px', maxWidth: '600px' }}>
          <Heading as="h1" style={{ fontSize: '20px' }}>
            {props.title}
          </Heading>
          {props.children}
          <Hr />
          <Text style={{ fontSize: '12px', color: '#616e7c' }}>
            Sent by Breakwater to the owner of the app and to the platform’s admins.
          </Text>
        </Container>
      </Body>
    </Html>
  );
}

/** One named value on a line of its own. */
export function Fact(props: { name: string; children: ReactNode }): ReactNode {
  return (
    <Text style={{ fontSize: '14px', margin: '4px 0' }}>
      <strong>{props.name}:</strong> {props.children}
    </Text>
  );
}

export function Paragraph(props: { children: ReactNode }): ReactNode {
  return <Text style={{ fontSize: '14px', lineHeight: '20px' }}>{props.children}</Text>;
}

/** A sentence and the address that goes with it. */
export function Step(props: { children: ReactNode; href?: string }): ReactNode {
  return (
    <Text style={{ fontSize: '14px', margin: '8px 0' }}>
      {props.children}
      {props.href === undefined ? null : (
        <>
          {' '}
          <Link href={props.href}>{props.href}</Link>
        </>
      )}
    </Text>
  );
}
