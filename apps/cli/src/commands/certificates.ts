import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { bytesOf } from './file.js';

/** A client certificate as the API shows it, without its key. */
interface Certificate {
  /** PEM. */
  certificate: string;
}

export function addCertificateCommands(program: Command, output: Output): void {
  const certificate = program
    .command('certificate')
    .description('an app’s client certificate, for receivers that require one (mTLS)');
  certificate
    .command('set <app> <certificateFile> <keyFile>')
    .description('give an app a client certificate: two PEM files, the key not encrypted')
    .action(
      async (app: string, certificateFile: string, keyFile: string, _options: object, command: Command) => {
        const body = {
          certificate: (await bytesOf(certificateFile)).toString(),
          key: (await bytesOf(keyFile)).toString(),
        };
        await new Session(output, command).show({ method: 'PUT', path: pathOf(app), body }, certificateLines);
      },
    );
  certificate
    .command('show <app>')
    .description('whose it is, and until when it is valid')
    .action(async (app: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: pathOf(app) }, certificateLines);
    });
  certificate
    .command('delete <app>')
    .description('delete it and its key; calls are made without one from then on')
    .action(async (app: string, _options: object, command: Command) => {
      await new Session(output, command).show({ method: 'DELETE', path: pathOf(app) }, () => ['deleted']);
    });
}

function pathOf(app: string): string[] {
  return ['admin', 'apps', app, 'client-certificate'];
}

function certificateLines({ certificate: _, ...rest }: Certificate): string[] {
  return facts(rest);
}
