import { Injectable } from '@nestjs/common';
import { Prisma, PrismaService, SecretBox } from '@breakwater/platform';
import type { ClientCertificate } from '@breakwater/webhook-client';
import { clientCertificateAad } from '../registry/endpoint-row.js';

/** A stored certificate without its key. */
export interface StoredCertificate {
  appId: string;
  certificate: string;
  createdBy: string;
  createdAt: Date;
}

export interface CertificateToSave {
  appId: string;
  certificate: string;
  key: string;
  fingerprint: string;
  validTo: Date;
  createdBy: string;
}

const shown = { appId: true, certificate: true, createdBy: true, createdAt: true };

/** The client certificates of apps, one per app. */
@Injectable()
export class ClientCertificatesStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
  ) {}

  /** Replaces the previous one. Null if there is no such app. */
  async save({ key, ...rest }: CertificateToSave): Promise<StoredCertificate | null> {
    const sealed = this.secrets.seal(key, clientCertificateAad(rest.appId, rest.fingerprint));
    const row = { ...rest, sealed, createdAt: new Date() };
    try {
      return await this.prisma.clientCertificate.upsert({
        where: { appId: rest.appId },
        create: row,
        update: row,
        select: shown,
      });
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2003') return null;
      throw error;
    }
  }

  async get(appId: string): Promise<StoredCertificate | null> {
    return this.prisma.clientCertificate.findUnique({ where: { appId }, select: shown });
  }

  /** @returns whether the app had one */
  async delete(appId: string): Promise<boolean> {
    return (await this.prisma.clientCertificate.deleteMany({ where: { appId } })).count > 0;
  }

  /** Decrypts the private key of a row. @throws SecretDamagedError */
  open(row: { appId: string; certificate: string; sealed: string; fingerprint: string }): ClientCertificate {
    const { appId, certificate, sealed, fingerprint } = row;
    return {
      certificate,
      fingerprint,
      key: this.secrets.open(sealed, clientCertificateAad(appId, fingerprint)),
    };
  }
}
