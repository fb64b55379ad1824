import { expect, it } from 'vitest';
import { AnswerWatch } from './answer-watch.js';

/** A watch whose look-ups end when the test says so. */
function watch() {
  const looks: PromiseWithResolvers<string>[] = [];
  const heard: string[] = [];
  const made = new AnswerWatch<string>(
    () => (looks.push(Promise.withResolvers<string>()), looks.at(-1)!.promise),
    (found) => heard.push(found),
    (error) => heard.push(`failed: ${error.message}`),
  );
  const over = async (end: (look: PromiseWithResolvers<string>) => void): Promise<void> => {
    end(looks.at(-1)!);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { made, looks, heard, over };
}

it('what is asked before it is ready is looked at then', () => {
  const { made, looks } = watch();
  made.look();
  expect(looks).toHaveLength(0);
  made.ready();
  expect(looks).toHaveLength(1);
});

it('nothing is looked at when nobody asked', () => {
  const { made, looks } = watch();
  made.ready();
  expect(looks).toHaveLength(0);
});

it('what is asked meanwhile is looked at once more, also after a failure', async () => {
  const { made, looks, heard, over } = watch();
  made.ready();
  for (let n = 0; n < 3; n++) made.look();
  expect(looks).toHaveLength(1);
  await over(({ reject }) => reject(new Error('away')));
  expect(looks).toHaveLength(2);
  await over(({ resolve }) => resolve('answer'));
  expect(looks).toHaveLength(2);
  expect(heard).toEqual(['failed: away', 'answer']);
});

it('nothing is looked at after its end', async () => {
  const { made, looks, over } = watch();
  made.ready();
  made.look();
  made.look();
  made.end();
  await over(({ resolve }) => resolve('answer'));
  expect(looks).toHaveLength(1);
});
