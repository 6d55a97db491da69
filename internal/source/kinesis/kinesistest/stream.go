package kinesistest

import (
	"crypto/md5" //nolint:gosec // Kinesis spreads keys by it
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Where the stream is.
const (
	Region  = "eu-central-1"
	account = "111122223333"
)

// Stream is the stream, and the service around it. Make it with New.
type Stream struct {
	Name  string
	Most  int           // records in an answer; New says 1000
	Again time.Duration // after a subscription the next of a consumer is refused for so long; New says 5 s, as the service

	mu        sync.Mutex
	there     bool
	made      time.Time
	creation  int // counts how often it was made
	retention time.Duration
	shards    []*shard
	born      int           // shards, of this creation
	last      int64         // the newest number of a record, or of a continuation
	changed   chan struct{} // is closed when there is something new for subscriptions
	consumers map[string]*consumer

	asked  map[string]int // :: operation -> how often
	faults []Fault        // of the next requests
	hidden Fault          // of all who would read records
	broken Fault          // what becomes of the subscriptions that began before the break
	breaks int            // counts them
}

// shard holds the records of keys whose hash begins with from to to, which is not
// included.
type shard struct {
	id         string
	parents    []string
	from, to   int
	closed     bool
	records    []record
	subscribed map[string]*subscription // :: name of the consumer -> the newest
}

type record struct {
	number int64
	key    string
	data   []byte
	at     time.Time
}

// New makes a stream with two shards, each of half of all keys. It keeps records
// for a day.
func New(name string) *Stream {
	s := &Stream{Name: name, Most: 1000, Again: 5 * time.Second, retention: 24 * time.Hour, asked: make(map[string]int), changed: make(chan struct{})}
	s.Create(2)
	return s
}

// ARN is the stream's.
func (s *Stream) ARN() string {
	return "arn:aws:kinesis:" + Region + ":" + account + ":stream/" + s.Name
}

// Create makes the stream, after Delete once again.
func (s *Stream) Create(shards int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there, s.made, s.shards, s.born, s.consumers = true, time.Now().UTC(), nil, 0, make(map[string]*consumer)
	s.creation++
	for i := range shards {
		s.add(nil, i*256/shards, (i+1)*256/shards)
	}
}

// Delete removes the stream with all that is in it.
func (s *Stream) Delete() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there = false
	s.wake()
}

// Keep has the stream keep records for so long, in whole hours.
func (s *Stream) Keep(retention time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retention = retention
}

// Put puts a record into the shard of those keys whose hash begins so.
func (s *Stream) Put(hash byte, data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(hash, strconv.Itoa(int(hash)), []byte(data))
}

// PutKey puts a record by its partition key, as producers do.
func (s *Stream) PutKey(key string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(hashOf(key), key, data)
}

func hashOf(key string) byte { return md5.Sum([]byte(key))[0] } //nolint:gosec // as Kinesis does

func (s *Stream) put(hash byte, key string, data []byte) (*shard, int64) {
	for _, sh := range s.open() {
		if sh.from <= int(hash) && int(hash) < sh.to {
			s.last++
			sh.records = append(sh.records, record{number: s.last, key: key, data: data, at: time.Now()})
			s.wake()
			return sh, s.last
		}
	}
	panic("kinesistest: no shard is open for a key")
}

// Split divides an open shard; nth counts them.
func (s *Stream) Split(nth int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open()
	sh := open[nth%len(open)]
	if sh.to-sh.from < 2 {
		return
	}
	sh.closed = true
	middle := (sh.from + sh.to) / 2
	s.add([]string{sh.id}, sh.from, middle)
	s.add([]string{sh.id}, middle, sh.to)
	s.wake()
}

// Merge joins an open shard with its neighbour; nth counts them.
func (s *Stream) Merge(nth int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open()
	if len(open) < 2 {
		return
	}
	i := nth % (len(open) - 1)
	open[i].closed, open[i+1].closed = true, true
	s.add([]string{open[i].id, open[i+1].id}, open[i].from, open[i+1].to)
	s.wake()
}

// Trim forgets what is older than the stream keeps, and closed shards without records.
func (s *Stream) Trim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sh := range s.shards {
		sh.records = slices.DeleteFunc(sh.records, func(r record) bool { return time.Since(r.at) > s.retention })
	}
	s.shards = slices.DeleteFunc(s.shards, func(sh *shard) bool { return sh.closed && len(sh.records) == 0 })
}

// Shards are the ids of those that there are.
func (s *Stream) Shards() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sh := range s.shards {
		ids = append(ids, sh.id)
	}
	return ids
}

// Held is how many records there are.
func (s *Stream) Held() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sh := range s.shards {
		n += len(sh.records)
	}
	return n
}

func (s *Stream) add(parents []string, from, to int) {
	s.shards = append(s.shards, &shard{
		id: fmt.Sprintf("shardId-%012d", s.born), parents: parents, from: from, to: to, subscribed: make(map[string]*subscription),
	})
	s.born++
}

func (s *Stream) open() (all []*shard) {
	for _, sh := range s.shards {
		if !sh.closed {
			all = append(all, sh)
		}
	}
	slices.SortFunc(all, func(a, b *shard) int { return a.from - b.from })
	return all
}

func (s *Stream) find(id string) *shard {
	for _, sh := range s.shards {
		if sh.id == id {
			return sh
		}
	}
	return nil
}

// wake tells subscriptions to look.
func (s *Stream) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// behind are the records of a shard that come after a number.
func (sh *shard) behind(number int64) []record {
	for i := range sh.records {
		if sh.records[i].number > number {
			return sh.records[i:]
		}
	}
	return nil
}
