import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';

/** The role that the product connects as. It owns its database and nothing else. */
export const plainRole = 'labelloop_app';

const isOurs = `NOT IN (SELECT oid FROM pg_namespace
  WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')`;
const isNoExtension = (catalog: string) => `NOT EXISTS (SELECT 1 FROM pg_depend
  WHERE classid = '${catalog}'::regclass AND objid = object.oid AND deptype = 'e')`;

/** Statements that make the plain role the owner of what the superuser owns in this database. */
const statementsSql = `
  SELECT format('ALTER SCHEMA %I OWNER TO ${plainRole}', nspname) AS sql FROM pg_namespace object
    WHERE oid ${isOurs} AND nspowner = current_user::regrole AND ${isNoExtension('pg_namespace')}
  UNION ALL
  -- a sequence of a column follows its table
  SELECT format('ALTER TABLE %s OWNER TO ${plainRole}', oid::regclass) FROM pg_class object
    WHERE relnamespace ${isOurs} AND relowner = current_user::regrole
      AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${isNoExtension('pg_class')}
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass
        AND objid = object.oid AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
        AND object.relkind = 'S')
  UNION ALL
  SELECT format('ALTER ROUTINE %s OWNER TO ${plainRole}', oid::regprocedure) FROM pg_proc object
    WHERE pronamespace ${isOurs} AND proowner = current_user::regrole AND ${isNoExtension('pg_proc')}
  UNION ALL
  SELECT format('ALTER TYPE %s OWNER TO ${plainRole}', oid::regtype) FROM pg_type object
    WHERE typnamespace ${isOurs} AND typowner = current_user::regrole AND typtype IN ('e', 'd')
      AND ${isNoExtension('pg_type')}`;

/**
 * Creates the plain role with a new password, and makes it the owner of the database and of
 * everything in it. Versions before it connected as a superuser, which can read files and start
 * programs.
 *
 * @param client connected to the database as its superuser
 * @returns the password, which is valid until the next start
 */
export async function preparePlainRole(client: Client, database: string): Promise<string> {
  const password = randomBytes(24).toString('hex');
  const rights = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${password}'`;
  await client.query('BEGIN');
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [plainRole]);
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${plainRole} ${rights}`);
  await client.query(`ALTER DATABASE ${database} OWNER TO ${plainRole}`);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  const { rows } = await client.query<{ sql: string }>(statementsSql);
  for (const { sql } of rows) await client.query(sql);
  await client.query('COMMIT');
  return password;
}
