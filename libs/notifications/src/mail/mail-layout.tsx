import type { CSSProperties, ReactNode } from 'react';

const font = { fontFamily: 'Helvetica, Arial, sans-serif', color: '#1f2933' };
const ground = { backgroundColor: '#f5f7fa' };

/** Inboxes fill the line beside the subject with the text that follows: this padding keeps it empty. */
const BLANKS = '\u00A0\u200C\u200B\u200D\u200E\u200F\uFEFF'.repeat(150);
const hidden = {
  display: 'none',
  overflow: 'hidden',
  lineHeight: '1px',
  opacity: 0,
  maxHeight: 0,
  maxWidth: 0,
};

/**
 * The frame of every mail. `preview` is the line that an inbox shows beside the subject. Tables, because Outlook
 * supports no other boxes; plain tags, because react-email's components add 30 MiB to every worker
 * (docs/adr/0022-mails-in-plain-tags.md).
 */
export function MailLayout(props: {
  title: string;
  preview: string;
  isForOwner: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <html lang="en" dir="ltr">
      <head>
        <meta httpEquiv="Content-Type" content="text/html; charset=UTF-8" />
        <meta name="x-apple-disable-message-reformatting" />
        <title>{props.preview}</title>
      </head>
      <body style={{ ...ground, padding: 0 }}>
        <div style={hidden} data-skip-in-text="true">
          {props.preview}
          <div>{BLANKS}</div>
        </div>
        <Box style={{ ...font, ...ground, padding: '16px' }}>
          <Box style={{ backgroundColor: '#ffffff', padding: '8px 24px' }} maxWidth="600px">
            <h1 style={{ fontSize: '20px' }}>{props.title}</h1>
            {props.children}
            <hr style={{ border: 'none', borderTop: '1px solid #eaeaea' }} />
            <Line style={{ fontSize: '12px', color: '#616e7c' }}>
              Sent by Breakwater to {props.isForOwner ? 'the owner of the app and to ' : ''}the platform’s
              admins.
            </Line>
          </Box>
        </Box>
      </body>
    </html>
  );
}

/** One named value on a line of its own. */
export function Fact(props: { name: string; children: ReactNode }): ReactNode {
  return (
    <Line style={{ margin: '4px 0' }}>
      <strong>{props.name}:</strong> {props.children}
    </Line>
  );
}

export function Paragraph(props: { children: ReactNode }): ReactNode {
  return <Line style={{ lineHeight: '20px' }}>{props.children}</Line>;
}

/** A sentence and its link. */
export function Step(props: { children: ReactNode; href?: string }): ReactNode {
  return (
    <Line style={{ margin: '8px 0' }}>
      {props.children}
      {props.href === undefined ? null : (
        <>
          {' '}
          <a href={props.href} style={{ color: '#067df7', textDecoration: 'none' }} target="_blank">
            {props.href}
          </a>
        </>
      )}
    </Line>
  );
}

function Line(props: { style: CSSProperties; children: ReactNode }): ReactNode {
  return (
    <p style={{ fontSize: '14px', lineHeight: '24px', margin: '16px 0', ...props.style }}>{props.children}</p>
  );
}

function Box(props: { style: CSSProperties; maxWidth?: string; children: ReactNode }): ReactNode {
  const { style, maxWidth } = props;
  return (
    <table
      align="center"
      width="100%"
      border={0}
      cellPadding="0"
      cellSpacing="0"
      role="presentation"
      style={{ maxWidth }}
    >
      <tbody>
        <tr>
          <td style={style}>{props.children}</td>
        </tr>
      </tbody>
    </table>
  );
}
