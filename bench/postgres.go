package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// PostgreSQL keeps a row an agent: what is asked for as jsonb with GIN indexes,
// and the answer as text, which is read for the hundred of the page alone.
const postgresTable = `CREATE TABLE agents (ordinal integer PRIMARY KEY, doc jsonb NOT NULL, answer text NOT NULL)`

var postgresIndexes = []string{
	`CREATE INDEX ON agents USING gin ((doc->'queues'))`,
	`CREATE INDEX ON agents USING gin ((doc->'states'))`,
	`VACUUM ANALYZE agents`,
}

const postgresQuery = `
WITH matching AS MATERIALIZED (
  SELECT ordinal FROM agents WHERE doc->'queues' ?| $1 AND doc->'states' ?| $2
)
SELECT (SELECT count(*) FROM matching), a.answer
FROM (SELECT ordinal FROM matching ORDER BY ordinal LIMIT 100 OFFSET $3) page
JOIN agents a USING (ordinal) ORDER BY a.ordinal`

// postgresSettings are what one would set for a read-mostly table that fits
// into memory; durability is off, in its favour.
var postgresSettings = []string{
	"shared_buffers=1GB", "work_mem=64MB", "maintenance_work_mem=256MB", "effective_cache_size=4GB", "random_page_cost=1.1",
	"jit=off", "max_parallel_workers_per_gather=0", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB",
	"autovacuum=off", "max_connections=50", "listen_addresses=127.0.0.1",
}

// startPostgres makes a cluster in a temporary directory, starts it and loads
// it.
func startPostgres(ctx context.Context, h house, rows []rivalRow) (*rival, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rollcall-bench-postgres-*")
	if err != nil {
		return nil, err
	}
	as, own, err := userOf("postgres")
	if err != nil {
		return nil, err
	}
	if err := own(dir); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C", "-N")
	initdb.SysProcAttr, initdb.Dir = as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	args := []string{"-D", data, "-p", strconv.Itoa(port), "-k", dir}
	for _, s := range postgresSettings {
		args = append(args, "-c", s)
	}
	d := &daemon{dir: dir, cmd: exec.CommandContext(ctx, filepath.Join(bin, "postgres"), args...)}
	d.cmd.SysProcAttr, d.cmd.Dir = as, dir
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.out
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	t := postgresTarget{URL: fmt.Sprintf("postgres://bench@127.0.0.1:%d/postgres?sslmode=disable", port)}
	for i := range rivalQuestions {
		t.Queues = append(t.Queues, rivalQueues(h, i))
	}
	version, err := loadPostgres(ctx, d, t.URL, rows)
	if err != nil {
		_ = d.stop()
		return nil, err
	}
	return &rival{name: "PostgreSQL " + version + ", jsonb and GIN, prepared", target: job{Postgres: &t}, stop: d.stop}, nil
}

// postgresPrograms finds the newest installed, which Debian keeps out of PATH.
func postgresPrograms() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		slices.Sort(found)
		return filepath.Dir(found[len(found)-1]), nil
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return "", &skippedError{"PostgreSQL is not installed (apt-get install postgresql)"}
	}
	return filepath.Dir(initdb), nil
}

func loadPostgres(ctx context.Context, d *daemon, url string, rows []rivalRow) (version string, err error) {
	var conn *pgx.Conn
	err = d.untilUp(ctx, func() (err error) {
		conn, err = pgx.Connect(ctx, url)
		return err
	})
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, postgresTable); err != nil {
		return "", fmt.Errorf("make the table: %w", err)
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"agents"}, []string{"ordinal", "doc", "answer"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			doc, err := json.Marshal(map[string][]string{"queues": rows[i].queues, "states": append([]string{}, rows[i].states...)})
			return []any{rows[i].ordinal, string(doc), string(rows[i].answer)}, err
		}))
	if err != nil {
		return "", fmt.Errorf("load the table: %w", err)
	}
	for _, statement := range postgresIndexes {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("%s: %w", statement, err)
		}
	}
	err = conn.QueryRow(ctx, "SHOW server_version").Scan(&version)
	return version, err
}

// postgresTarget is a PostgreSQL that has the rows.
type postgresTarget struct {
	URL    string
	Queues [][]string // of each question
}

type postgresAsker struct {
	target *postgresTarget
	conn   *pgx.Conn
}

func (t *postgresTarget) open(ctx context.Context, _ int) (asker, error) {
	conn, err := pgx.Connect(ctx, t.URL)
	if err != nil {
		return nil, err
	}
	_, err = conn.Prepare(ctx, "ask", postgresQuery)
	return &postgresAsker{target: t, conn: conn}, err
}

func (a *postgresAsker) Close() { _ = a.conn.Close(context.Background()) }

func (a *postgresAsker) Ask(ctx context.Context, i int) (int, error) {
	queues := a.target.Queues[i/rivalPages%len(a.target.Queues)]
	rows, err := a.conn.Query(ctx, "ask", queues, rivalStates, i%rivalPages*pageRows)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n, size := 0, 0
	for ; rows.Next(); n++ {
		size += len(rows.RawValues()[1])
	}
	if err := rows.Err(); err != nil {
		return size, err
	}
	if n != pageRows {
		return size, fmt.Errorf("got %d rows", n)
	}
	return size, nil
}
