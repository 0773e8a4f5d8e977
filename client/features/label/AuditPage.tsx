import { LabelPage } from './LabelPage';

/** The lane of audits: like the label page, and silent about what the model thinks. */
export default function AuditPage() {
  return <LabelPage lane="AUDIT" />;
}
