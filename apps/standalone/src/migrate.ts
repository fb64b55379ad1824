import { checkDatabase, loadConfig, prepareDatabase, rollBack, startOrExplain } from '@breakwater/platform';

// `npm run migrate` migrates the database to the newest schema; `-- --back 1` reverts the newest migration.
await startOrExplain(async () => {
  const { database } = loadConfig({ standalone: true });
  if (!database.url) throw new Error('DATABASE_URL is not set; set it to the database to migrate');
  const { setting, url } = database.migrator();
  await checkDatabase(setting, url, { migrates: true });
  const back = process.argv.indexOf('--back');
  if (back > 0) {
    const steps = Number(process.argv[back + 1]);
    if (!Number.isInteger(steps) || steps < 1)
      throw new Error('--back takes the number of migrations, 1 or more');
    const undone = await rollBack(url, steps);
    process.stdout.write(undone.length > 0 ? `reverted: ${undone.join(', ')}\n` : 'nothing to revert\n');
    return;
  }
  const applied = await prepareDatabase(database);
  process.stdout.write(
    applied.length > 0 ? `applied: ${applied.join(', ')}\n` : 'the database is up to date\n',
  );
});
// All is done and every connection closed; a timer of a package would keep the process alive for 10 s more.
process.exit();
