import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names of people and datasets are compared by a text that is the same for names that look alike.
 * Later changes of `server/domain/lookAlikes` need a migration of their own.
 */
export class LookAlikes1765110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['user_account', 'dataset']) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN name_skeleton text`);
      const rows = (await runner.query(`SELECT id, name FROM ${table}`)) as {
        id: string;
        name: string;
      }[];
      await runner.query(
        `UPDATE ${table} SET name_skeleton = given.skeleton
         FROM unnest($1::uuid[], $2::text[]) AS given (id, skeleton) WHERE ${table}.id = given.id`,
        [rows.map(({ id }) => id), rows.map(({ name }) => skeletonOf(name))],
      );
      await runner.query(`CREATE INDEX ${table}_name_skeleton ON ${table} (name_skeleton)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['user_account', 'dataset'])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN name_skeleton`);
  }
}

// cspell:disable
const foreign = 'аеорсухѕіјһԁԛԝѵӏгьАВЕІЈКМНОРСЅТХУҮԌԚԜӀαινορυϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧͿ';
const latin = 'aeopcyxsijhdqwvlrbABEIJKMHOPCSTXYYGQWIaivopujABEZHIKMNOPTYXJ';
// cspell:enable

const latinOf = new Map([...foreign].map((letter, index) => [letter, latin[index] ?? letter]));
const toLatin = (text: string) => [...text].map((letter) => latinOf.get(letter) ?? letter).join('');

function skeletonOf(name: string): string {
  const folded = toLatin(name.normalize('NFKD')).toLowerCase();
  return toLatin(folded)
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC');
}
