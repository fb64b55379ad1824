import { IsString, MaxLength, MinLength } from 'class-validator';

/** Characters. */
const CERTIFICATE_MAX = 32_768;
const KEY_MAX = 16_384;

export class ClientCertificateUploadDto {
  /** PEM: the app's own certificate first, then those between it and an authority; 10 at most. */
  @IsString()
  @MinLength(1)
  @MaxLength(CERTIFICATE_MAX)
  certificate: string;

  /** PEM, not encrypted: the private key of the first certificate. */
  @IsString()
  @MinLength(1)
  @MaxLength(KEY_MAX)
  key: string;
}

export class ClientCertificateDto {
  subject: string;
  issuer: string;
  serialNumber: string;
  /** sha256 in hex. */
  fingerprint: string;
  validFrom: Date;
  /** From then on receivers refuse it. */
  validTo: Date;
  /** PEM, its own certificate first. */
  certificate: string;
  createdBy: string;
  createdAt: Date;
}
