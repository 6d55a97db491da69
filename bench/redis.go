package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// Redis keeps a set of ordinals for each queue and each contact state, and a
// hash of the answers. Integers keep its small sets in its compact form.
//
// Of several forms of the script this was the fastest: intersecting the union
// of the queues with each state is cheap since SINTERSTORE walks the smaller
// set, where the union of the states would be as large as the floor.
const redisScript = `
redis.call('SUNIONSTORE', 'tmp:u', unpack(KEYS))
redis.call('SINTERSTORE', 'tmp:1', 'tmp:u', 's:' .. ARGV[1])
redis.call('SINTERSTORE', 'tmp:2', 'tmp:u', 's:' .. ARGV[2])
local total = redis.call('SUNIONSTORE', 'tmp:m', 'tmp:1', 'tmp:2')
local page = redis.call('SORT', 'tmp:m', 'LIMIT', ARGV[3], 100)
local answers = redis.call('HMGET', 'answers', unpack(page))
redis.call('UNLINK', 'tmp:u', 'tmp:1', 'tmp:2', 'tmp:m')
return {total, answers}
`

// startRedis starts a Redis without persistence and loads it.
func startRedis(ctx context.Context, h house, rows []rivalRow) (*rival, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, &skippedError{"redis-server is not installed (apt-get install redis-server)"}
	}
	dir, err := os.MkdirTemp("", "rollcall-bench-redis-*")
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	d := &daemon{dir: dir, cmd: exec.CommandContext(ctx, binary, "--port", strconv.Itoa(port), "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--dir", dir)}
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.out
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	redis.SetLogger(quiet{})
	client := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = client.Close() }()
	err = d.untilUp(ctx, func() error { return client.Ping(ctx).Err() })
	if err == nil {
		err = loadRedis(ctx, client, rows)
	}
	if err != nil {
		_ = d.stop()
		return nil, err
	}
	version, _ := client.InfoMap(ctx, "server").Result()
	t := redisTarget{Address: address}
	for i := range rivalQuestions {
		t.Queues = append(t.Queues, rivalQueues(h, i))
	}
	return &rival{name: "Redis " + version["Server"]["redis_version"] + ", sets, hash, one Lua script", target: job{Redis: &t}, stop: d.stop}, nil
}

// quiet keeps the client's log out of the progress.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func loadRedis(ctx context.Context, client *redis.Client, rows []rivalRow) error {
	const batch = 1000
	for first := 0; first < len(rows); first += batch {
		pipe := client.Pipeline()
		for _, row := range rows[first:min(first+batch, len(rows))] {
			for _, q := range row.queues {
				pipe.SAdd(ctx, "q:"+q, row.ordinal)
			}
			for _, s := range row.states {
				pipe.SAdd(ctx, "s:"+s, row.ordinal)
			}
			pipe.HSet(ctx, "answers", row.ordinal, row.answer)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("load Redis: %w", err)
		}
	}
	return nil
}

// redisTarget is a Redis that has the rows.
type redisTarget struct {
	Address string
	Queues  [][]string // of each question
}

type redisAsker struct {
	target *redisTarget
	client *redis.Client
	script *redis.Script
	keys   [][]string
}

func (t *redisTarget) open(ctx context.Context, _ int) (asker, error) {
	redis.SetLogger(quiet{})
	a := &redisAsker{
		target: t, script: redis.NewScript(redisScript),
		client: redis.NewClient(&redis.Options{Addr: t.Address, PoolSize: 1, MaxRetries: -1, Protocol: 2}),
	}
	for _, queues := range t.Queues {
		keys := make([]string, len(queues))
		for i, q := range queues {
			keys[i] = "q:" + q
		}
		a.keys = append(a.keys, keys)
	}
	return a, a.script.Load(ctx, a.client).Err()
}

func (a *redisAsker) Close() { _ = a.client.Close() }

func (a *redisAsker) Ask(ctx context.Context, i int) (int, error) {
	keys := a.keys[i/rivalPages%len(a.keys)]
	offset := i % rivalPages * pageRows
	reply, err := a.script.EvalSha(ctx, a.client, keys, rivalStates[0], rivalStates[1], offset).Slice()
	if err != nil {
		return 0, err
	}
	answers, ok := reply[1].([]any)
	if !ok || len(answers) != pageRows {
		return 0, fmt.Errorf("got %d answers of %v that match", len(answers), reply[0])
	}
	size := 0
	for _, answer := range answers {
		text, ok := answer.(string)
		if !ok {
			return 0, fmt.Errorf("got %T", answer)
		}
		size += len(text)
	}
	return size, nil
}
