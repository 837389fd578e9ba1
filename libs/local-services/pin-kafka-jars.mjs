// Writes kafka-jars.json: what Maven resolves for a broker, with the SHA-256 of each file. Needs Maven; run it for a new
// version: node pin-kafka-jars.mjs. kafka_2.13 alone boots, silently: the binding is what makes its log visible.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const version = '4.4.0';
const wanted = [`org.apache.kafka:kafka_2.13:${version}`, 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.5'];

const scratch = mkdtempSync(join(tmpdir(), 'pin-kafka-'));
const dependencies = wanted.map((artifact) => {
  const [group, name, release] = artifact.split(':');
  return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${release}</version></dependency>`;
});
writeFileSync(
  join(scratch, 'pom.xml'),
  `<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>broker</artifactId><version>1</version>
  <packaging>pom</packaging><dependencies>${dependencies.join('')}</dependencies></project>`,
);
const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', '-Dmdep.useRepositoryLayout=true'];
execFileSync('mvn', ['-B', '-q', ...goal, `-DoutputDirectory=${scratch}/lib`], { cwd: scratch, stdio: 'inherit' });

const jars = globSync('**/*.jar', { cwd: join(scratch, 'lib') })
  .toSorted()
  .map((path) => {
    const folder = dirname(path); // group/as/folders/name/version
    const names = dirname(folder).split('/');
    const artifact = `${names.slice(0, -1).join('.')}:${names.at(-1)}:${basename(folder)}`;
    const sha256 = createHash('sha256')
      .update(readFileSync(join(scratch, 'lib', path)))
      .digest('hex');
    return { artifact, sha256 };
  });
writeFileSync(join(import.meta.dirname, 'kafka-jars.json'), `${JSON.stringify({ version, jars }, null, 2)}\n`);
rmSync(scratch, { recursive: true });
console.log(`${jars.length} jars of Kafka ${version}`);
