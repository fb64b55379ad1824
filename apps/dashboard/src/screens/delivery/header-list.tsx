import { Table, Text } from '@mantine/core';

/** Headers as they were. What is secret was never stored. */
export function HeaderList({ what, headers }: { what: string; headers: Readonly<Record<string, string>> }) {
  return (
    <Table aria-label={what} withRowBorders={false} verticalSpacing={1} horizontalSpacing={4} layout="fixed">
      <Table.Tbody>
        {Object.entries(headers).map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th
              scope="row"
              className="mono breakable"
              w="40%"
              fw={500}
              style={{ verticalAlign: 'top' }}
            >
              {name}
            </Table.Th>
            <Table.Td className="mono breakable">
              {value.includes('***') ? (
                <Text span inherit className="dimmed">
                  {value} (secret, not kept)
                </Text>
              ) : (
                value
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
