import type { EntityManager } from 'typeorm';
import type { CertificateDocument } from './certificateStatement';

export type { Certificate } from './certificate.entity';
export type { CertificateDocument } from './certificateStatement';

/** Writes the document of a certificate. */
export interface CertificateDocuments {
  /** Reads in the caller's transaction. Null if there is no such certificate. */
  documentOf(
    manager: EntityManager,
    certificateId: string,
    runNumber: number,
  ): Promise<CertificateDocument | null>;
}
