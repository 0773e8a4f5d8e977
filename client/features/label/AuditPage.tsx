import { LabelPage } from './LabelPage';

/** The label page of the audit lane, which hides the predictions. */
export default function AuditPage() {
  return <LabelPage lane="AUDIT" />;
}
