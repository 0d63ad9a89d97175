import { expect, test } from 'vitest';
import { otherLanguageOf } from '../../src/domain/other-language.ts';

test.each<[query: string, words: string[]]>([
  ['Wie koche ich Spaghetti?', ['wie', 'ich', 'die']],
  ['Welche Datenbank?', ['welche']],
  ['Warum schlägt der Test mit "index out of range" fehl?', ['warum', 'der', 'mit']],
  ['Comment apprendre la guitare ?', ['comment', 'la']],
  ['Qui s’occupe du déploiement ?', ['qui', 's', 'du']],
  ['¿Qué base de datos usamos?', ['qué', 'de']],
  ['Que\u0301 base', ['qué']],
  ['Dov’è il server di staging?', ['è', 'il', 'di']],
  ['Qual banco de dados nós usamos?', ['qual', 'de']],
  ['hoe deploy ik naar staging', ['hoe', 'ik', 'naar']],
  ['Vilken databas använder vi?', ['vilken', 'vi']],
  ['Hvor kjører staging?', ['hvor']],
  ['Której bazy danych używamy?', ['której']],
  ['Jakou databázi používáme?', ['jakou']],
  ['Hangi veritabanını kullanıyoruz?', ['hangi']],
])('%j is in another language', (query, words) => {
  const language = otherLanguageOf(query);
  expect(words.filter((word) => !language?.has(word))).toEqual([]);
});

test.each([
  // English, whatever it names or quotes
  'Which database did we choose?',
  'What does "Wie koche ich" mean?',
  'Who is on call for the São Paulo region?',
  'dont retry the webhook',
  // key words, names, abbreviations and code, which are in no language
  'Datenbank Entscheidung',
  'convert PEM to DER',
  'DER IST PST MIT',
  'Ernesto de la Cruz',
  'Las Palmas de Gran Canaria',
  'man page',
  'jest config',
  "const el = document.querySelector('la')",
  'min(y, j + c_win)',
  'ls -la; du -sh; cd de',
  '404 -> 200 👍',
  '',
])('%j is English or cannot be told', (query) => {
  expect(otherLanguageOf(query)).toBeNull();
});
