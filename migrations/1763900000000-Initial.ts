import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema. Reviewed by hand; `down` drops exactly what `up` made. */
export class Initial1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(people);
    await runner.query(datasets);
    await runner.query(images);
    await runner.query(labels);
    await runner.query(tasks);
    await runner.query(training);
    await runner.query(transfers);
    await runner.query(events);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE event_horizon, event, export, import, upload_ticket, worker, queue_entry, ordering,
        prediction, model, embedding_pending, embedding, skip, lease, client_mutation, label_event,
        label, image, retrain_run, class, dataset, session, user_account CASCADE;
      DROP FUNCTION refuse_change();
    `);
  }
}

const people = `
  CREATE TABLE user_account (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE UNIQUE INDEX user_account_name ON user_account (lower(name));

  CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
  );
`;

const datasets = `
  CREATE TABLE dataset (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_by uuid NOT NULL REFERENCES user_account,
    created_at timestamptz NOT NULL DEFAULT now(),
    backbone_id text,
    auto_retrain_after integer NOT NULL DEFAULT 20 CHECK (auto_retrain_after >= 0),
    split_seed text NOT NULL,
    next_ordinal integer NOT NULL DEFAULT 0,
    next_run_number integer NOT NULL DEFAULT 1,
    -- last label_event in the snapshot of the latest run
    snapshot_event_id bigint NOT NULL DEFAULT 0,
    current_run_id uuid,
    current_ordering_id bigint
  );
  CREATE UNIQUE INDEX dataset_name ON dataset (lower(name));

  CREATE TABLE class (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    name text NOT NULL,
    color text NOT NULL CHECK (color ~ '^#[0-9a-f]{6}$'),
    hotkey text,
    position integer NOT NULL,
    -- how many images got a place in a split by this class
    next_split_position integer NOT NULL DEFAULT 0,
    archived_at timestamptz
  );
  CREATE UNIQUE INDEX class_name ON class (dataset_id, lower(name));
  CREATE UNIQUE INDEX class_hotkey ON class (dataset_id, hotkey) WHERE archived_at IS NULL;

  CREATE TABLE retrain_run (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    number integer NOT NULL,
    status text NOT NULL,
    recipe text NOT NULL,
    trigger text NOT NULL,
    started_by uuid REFERENCES user_account,
    phase text,
    percent real NOT NULL DEFAULT 0,
    seconds_left real,
    loss real,
    accuracy real,
    attempt integer NOT NULL DEFAULT 0,
    worker_id uuid,
    cancel_requested_at timestamptz,
    queued_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    published_at timestamptz,
    failure text,
    snapshot_event_id bigint,
    label_count integer,
    class_count integer,
    metrics jsonb,
    UNIQUE (dataset_id, number)
  );
  CREATE UNIQUE INDEX retrain_run_active ON retrain_run (dataset_id)
    WHERE status IN ('QUEUED', 'RUNNING');
`;

const images = `
  CREATE TABLE image (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    ordinal integer NOT NULL,
    file_name text NOT NULL,
    sha256 bytea NOT NULL,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    byte_size integer NOT NULL,
    held_out boolean NOT NULL DEFAULT false,
    split text,
    -- a fixed random order, for asking when nothing better is known
    shuffle integer NOT NULL,
    version integer NOT NULL DEFAULT 0,
    consensus_class_id uuid REFERENCES class,
    consensus_origin text,
    consensus_at timestamptz,
    created_by uuid NOT NULL REFERENCES user_account,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (dataset_id, ordinal),
    UNIQUE (dataset_id, sha256)
  );
  CREATE INDEX image_unlabelled ON image (dataset_id, shuffle)
    WHERE consensus_class_id IS NULL AND NOT held_out;
  CREATE INDEX image_consensus ON image (dataset_id, consensus_class_id, consensus_at);
  CREATE INDEX image_file_name ON image (dataset_id, file_name);
  CREATE INDEX image_held_out ON image (dataset_id) WHERE held_out;

  CREATE TABLE embedding (
    image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
    backbone_id text NOT NULL,
    dataset_id uuid NOT NULL,
    ordinal integer NOT NULL,
    -- half floats, little-endian
    vector bytea NOT NULL,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (image_id, backbone_id)
  );
  -- half floats do not compress
  ALTER TABLE embedding ALTER COLUMN vector SET STORAGE EXTERNAL;
  CREATE INDEX embedding_sync ON embedding (dataset_id, backbone_id, tx);

  CREATE TABLE embedding_pending (
    image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
    backbone_id text NOT NULL,
    dataset_id uuid NOT NULL,
    ordinal integer NOT NULL,
    claimed_by uuid,
    attempts smallint NOT NULL DEFAULT 0,
    failure text,
    PRIMARY KEY (image_id, backbone_id)
  );
  CREATE INDEX embedding_pending_order ON embedding_pending (dataset_id, backbone_id, ordinal);
`;

const labels = `
  CREATE TABLE label (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
    class_id uuid NOT NULL REFERENCES class,
    user_id uuid NOT NULL REFERENCES user_account,
    origin text NOT NULL,
    extra boolean NOT NULL,
    in_force boolean NOT NULL DEFAULT true,
    -- the same person's label that it took the place of; undo brings that one back
    replaces uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX label_image ON label (image_id);
  CREATE UNIQUE INDEX label_in_force ON label (image_id, user_id) WHERE in_force;
  CREATE INDEX label_dataset ON label (dataset_id) WHERE in_force;

  CREATE TABLE label_event (
    id bigserial PRIMARY KEY,
    dataset_id uuid NOT NULL,
    image_id uuid NOT NULL,
    label_id uuid NOT NULL,
    class_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('recorded', 'undone')),
    origin text NOT NULL,
    -- what the model said when the person answered
    predicted_class_id uuid,
    confidence real,
    run_id uuid,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX label_event_dataset ON label_event (dataset_id, id);
  CREATE INDEX label_event_image ON label_event (image_id, id);

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
  CREATE TRIGGER label_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON label_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TABLE client_mutation (
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    client_mutation_id text NOT NULL,
    request_hash bytea NOT NULL,
    label_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, client_mutation_id)
  );
`;

const tasks = `
  CREATE TABLE lease (
    image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
    slot smallint NOT NULL DEFAULT 0,
    dataset_id uuid NOT NULL,
    token uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    lane text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (image_id, slot)
  );
  CREATE INDEX lease_dataset ON lease (dataset_id, user_id);

  CREATE TABLE skip (
    image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (image_id, user_id)
  );

  CREATE TABLE ordering (
    id bigserial PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    run_id uuid REFERENCES retrain_run ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ordering_dataset ON ordering (dataset_id);
  CREATE TABLE queue_entry (
    ordering_id bigint NOT NULL REFERENCES ordering ON DELETE CASCADE,
    position integer NOT NULL,
    image_id uuid NOT NULL,
    PRIMARY KEY (ordering_id, position)
  );
  CREATE INDEX queue_entry_image ON queue_entry (ordering_id, image_id);
`;

const training = `
  CREATE TABLE model (
    run_id uuid PRIMARY KEY REFERENCES retrain_run ON DELETE CASCADE,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    backbone_id text NOT NULL,
    class_ids uuid[] NOT NULL,
    dimensions integer NOT NULL,
    -- float32, little-endian: dimensions × classes, row-major
    weights bytea NOT NULL,
    bias bytea NOT NULL,
    -- as it was measured, before it also learnt from the labels it was measured on
    measured_weights bytea NOT NULL,
    measured_bias bytea NOT NULL
  );

  CREATE TABLE prediction (
    run_id uuid NOT NULL,
    image_id uuid NOT NULL,
    class_id uuid NOT NULL,
    confidence real NOT NULL,
    margin real NOT NULL,
    entropy real NOT NULL,
    top_class_ids uuid[] NOT NULL,
    top_confidences real[] NOT NULL,
    PRIMARY KEY (run_id, image_id)
  ) PARTITION BY LIST (run_id);
  CREATE INDEX prediction_class ON prediction (run_id, class_id, confidence);
  CREATE INDEX prediction_confidence ON prediction (run_id, confidence);

  CREATE TABLE worker (
    id uuid PRIMARY KEY,
    host text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
`;

const transfers = `
  CREATE TABLE upload_ticket (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    file_name text NOT NULL,
    byte_size bigint NOT NULL,
    kind text NOT NULL,
    class_name text,
    labels_from_folders boolean NOT NULL,
    held_out boolean NOT NULL,
    -- set once every byte is on disk
    sha256 bytea,
    received_bytes bigint,
    expires_at timestamptz NOT NULL,
    image_id uuid,
    duplicate boolean NOT NULL DEFAULT false,
    import_id uuid,
    refusal jsonb,
    completed_at timestamptz
  );

  CREATE TABLE import (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES user_account,
    ticket_id uuid NOT NULL,
    file_name text NOT NULL,
    status text NOT NULL,
    labels_from_folders boolean NOT NULL,
    held_out boolean NOT NULL,
    files_total integer NOT NULL DEFAULT 0,
    files_done integer NOT NULL DEFAULT 0,
    images_added integer NOT NULL DEFAULT 0,
    duplicates integer NOT NULL DEFAULT 0,
    labels_added integer NOT NULL DEFAULT 0,
    refusals jsonb NOT NULL DEFAULT '[]',
    refusal_count integer NOT NULL DEFAULT 0,
    failure text,
    worker_id uuid,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX import_dataset ON import (dataset_id, created_at);

  CREATE TABLE export (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES user_account,
    include text NOT NULL,
    min_confidence real,
    image_count integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX export_dataset ON export (dataset_id, created_at);
`;

const events = `
  -- the outbox: written in the transaction of the change, read in the order (tx, id) below the oldest running one
  CREATE TABLE event (
    id bigserial PRIMARY KEY,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    dataset_id uuid NOT NULL,
    type text NOT NULL,
    payload jsonb NOT NULL,
    actor_id uuid,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX event_order ON event (tx, id);
  CREATE INDEX event_dataset_order ON event (dataset_id, tx, id);
  -- the last event that was pruned: cursors before it are too old
  CREATE TABLE event_horizon (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    tx xid8 NOT NULL,
    id bigint NOT NULL
  );
  INSERT INTO event_horizon VALUES (true, '0', 0);
`;
