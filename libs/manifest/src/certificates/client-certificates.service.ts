import { createSecureContext } from 'node:tls';
import { Injectable } from '@nestjs/common';
import { EndpointDirectory } from '../directory/endpoint-directory.service.js';
import { isAppId } from '../grammar/app-id.js';
import { AppNotFoundError } from '../registry/app.error.js';
import { checkCertificate, factsOfPem, type CertificateFacts } from './client-certificate.js';
import { ClientCertificateInvalidError, ClientCertificateNotFoundError } from './client-certificate.error.js';
import { ClientCertificatesStore, type StoredCertificate } from './client-certificates.store.js';

export interface CertificateView extends CertificateFacts {
  /** PEM, its own certificate first. */
  certificate: string;
  createdBy: string;
  createdAt: Date;
}

export interface CertificateUpload {
  /** PEM: the app's own certificate, then those between it and an authority. */
  certificate: string;
  /** PEM, not encrypted. */
  key: string;
}

/** The client certificates of apps, for receivers that demand one. */
@Injectable()
export class ClientCertificates {
  constructor(
    private readonly store: ClientCertificatesStore,
    private readonly directory: EndpointDirectory,
  ) {}

  /**
   * Stores an app's certificate. It replaces the previous one.
   * @throws ClientCertificateInvalidError with every problem; AppNotFoundError
   */
  async put(
    appId: string,
    { certificate, key }: CertificateUpload,
    createdBy: string,
  ): Promise<CertificateView> {
    const checked = checkCertificate(certificate, key, new Date());
    if (!checked.ok) throw new ClientCertificateInvalidError(checked.problems);
    refuseUnusable(checked.certificate, key);
    const { fingerprint, validTo } = checked.facts;
    const row = { appId, certificate: checked.certificate, key, fingerprint, validTo, createdBy };
    const stored = isAppId(appId) ? await this.store.save(row) : null;
    if (!stored) throw new AppNotFoundError(appId);
    await this.directory.announce(appId);
    return viewOf(stored);
  }

  /** @throws ClientCertificateNotFoundError */
  async get(appId: string): Promise<CertificateView> {
    const stored = isAppId(appId) ? await this.store.get(appId) : null;
    if (!stored) throw new ClientCertificateNotFoundError();
    return viewOf(stored);
  }

  /** @throws ClientCertificateNotFoundError */
  async delete(appId: string): Promise<void> {
    if (!isAppId(appId) || !(await this.store.delete(appId))) throw new ClientCertificateNotFoundError();
    await this.directory.announce(appId);
  }
}

function viewOf({ certificate, createdBy, createdAt }: StoredCertificate): CertificateView {
  return { ...factsOfPem(certificate), certificate, createdBy, createdAt };
}

/** Refuses now what OpenSSL would refuse during a call, for example a key that is too short. */
function refuseUnusable(cert: string, key: string): void {
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    const message = `OpenSSL does not take the certificate: ${(error as Error).message}`;
    throw new ClientCertificateInvalidError([{ pointer: '/certificate', rule: 'unusable', message }]);
  }
}
