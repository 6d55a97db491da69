package kinesistest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go/eventstream"
)

const (
	subscriptionLasts = 5 * time.Minute
	heartbeatEvery    = 5 * time.Second
)

// consumer is one that was registered. It is active when it was asked about once.
type consumer struct {
	name, arn string
	active    bool
	at        time.Time
}

func (c *consumer) describe() object {
	status := "CREATING"
	if c.active {
		status = "ACTIVE"
	}
	return object{"ConsumerName": c.name, "ConsumerARN": c.arn, "ConsumerStatus": status, "ConsumerCreationTimestamp": epoch(c.at)}
}

func (s *Stream) registerStreamConsumer(in *request) (object, error) {
	if in.StreamARN == "" || in.ConsumerName == "" {
		return nil, &refusal{"ValidationException", "StreamARN and ConsumerName must be there."}
	}
	if s.consumers[in.ConsumerName] != nil {
		return nil, &refusal{"ResourceInUseException", "Consumer " + in.ConsumerName + " exists."}
	}
	c := &consumer{name: in.ConsumerName, at: time.Now()}
	c.arn = s.ARN() + "/consumer/" + c.name + ":" + strconv.FormatInt(c.at.Unix(), 10)
	s.consumers[c.name] = c
	return object{"Consumer": c.describe()}, nil
}

func (s *Stream) describeStreamConsumer(in *request) (object, error) {
	c := s.consumers[in.ConsumerName]
	if c == nil {
		return nil, &refusal{"ResourceNotFoundException", "Consumer " + in.ConsumerName + " not found."}
	}
	is := c.describe()
	is["StreamARN"] = s.ARN()
	c.active = true
	return object{"ConsumerDescription": is}, nil
}

// Deregister removes a consumer, as somebody else may.
func (s *Stream) Deregister(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.consumers, name)
}

// Consumers are the names of those that are registered.
func (s *Stream) Consumers() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.consumers {
		names = append(names, name)
	}
	return names
}

// subscription is one of a consumer to a shard.
type subscription struct {
	shard    *shard
	consumer string
	creation int
	began    time.Time
	after    int64     // the number before the next
	sent     time.Time // when it heard something last
	breaks   int       // those before it
	fault    Fault     // of the request
}

func (s *Stream) subscribe(w http.ResponseWriter, r *http.Request, in *request) {
	sub, err := s.beginSubscription(in)
	if err != nil {
		refuse(w, err)
		return
	}
	if sub.fault == Lost {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
	send(w, message("event", "initial-response", object{}))
	for {
		what, payload, changed := s.next(sub)
		switch {
		case what == string(Cut):
			panic(http.ErrAbortHandler)
		case what == string(Stall):
			<-r.Context().Done()
			return
		case what == "SubscribeToShardEvent":
			m := message("event", what, payload)
			if sub.fault == Cut {
				_, _ = w.Write(m[:len(m)/2])
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			send(w, m)
			if payload["ContinuationSequenceNumber"] == nil {
				return
			}
		case what != "":
			send(w, message("exception", what, payload))
			return
		case time.Since(sub.began) >= subscriptionLasts:
			return
		default:
			wait(r.Context(), changed, min(time.Until(sub.sent.Add(heartbeatEvery)), time.Until(sub.began.Add(subscriptionLasts))))
		}
		if r.Context().Err() != nil {
			return
		}
	}
}

func (s *Stream) beginSubscription(in *request) (*subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault, err := s.enter("SubscribeToShard", in)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(in.ConsumerARN, s.ARN()+"/consumer/"), ":")
	c := s.consumers[name]
	if c == nil || c.arn != in.ConsumerARN {
		return nil, &refusal{"ResourceNotFoundException", "Consumer " + in.ConsumerARN + " not found."}
	}
	if !c.active {
		return nil, &refusal{"ResourceInUseException", "Consumer " + in.ConsumerARN + " is not ACTIVE."}
	}
	sh, err := s.shard(in.ShardId)
	if err != nil {
		return nil, err
	}
	if before := sh.subscribed[name]; before != nil && time.Since(before.began) < s.Again {
		return nil, &refusal{"ResourceInUseException", "Another active subscription exists for this consumer."}
	}
	after, err := s.begin(sh, in.StartingPosition.Type, in.StartingPosition.SequenceNumber, in.StartingPosition.Timestamp)
	if err != nil {
		return nil, err
	}
	sub := &subscription{shard: sh, consumer: name, creation: s.creation, began: time.Now(), after: after, breaks: s.breaks, fault: fault}
	sh.subscribed[name] = sub
	s.wake() // the one before is over
	return sub, nil
}

// next gives what a subscription is to be told: an event, an exception by its
// name, or a fault; or nothing, and what tells that there may be something.
func (s *Stream) next(sub *subscription) (what string, payload object, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := sub.shard.behind(sub.after)
	switch {
	case !s.there || s.creation != sub.creation:
		return "ResourceNotFoundException", object{"message": "The stream was deleted."}, nil
	case sub.shard.subscribed[sub.consumer] != sub:
		return "ResourceInUseException", object{"message": "Another subscription took over."}, nil
	case s.breaks > sub.breaks && s.broken == Bare:
		return "SubscribeToShardEvent", object{"Records": []object{}, "MillisBehindLatest": 0}, nil
	case s.breaks > sub.breaks:
		return string(s.broken), object{"message": "It was ordered."}, nil
	case s.hidden != None:
		return string(s.hidden), object{"message": "It was ordered."}, nil
	case len(rest) == 0 && sub.shard.closed:
		return "SubscribeToShardEvent", object{"Records": []object{}, "MillisBehindLatest": 0, "ChildShards": s.children(sub.shard)}, nil
	case len(rest) == 0 && time.Since(sub.sent) < heartbeatEvery:
		return "", nil, s.changed
	}
	page := rest[:min(s.Most, len(rest))]
	records, last := s.write(page)
	if len(page) == 0 {
		s.last++
		last = s.last
	}
	sub.after, sub.sent = last, time.Now()
	return "SubscribeToShardEvent", object{
		"Records": records, "MillisBehindLatest": lag(rest[len(page):]), "ContinuationSequenceNumber": s.number(last),
	}, nil
}

func wait(ctx context.Context, changed <-chan struct{}, most time.Duration) {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-changed:
	case <-t.C:
	}
}

// message encodes a message of an event stream.
func message(kind, name string, payload object) []byte {
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	var m eventstream.Message
	m.Headers.Set(eventstream.MessageTypeHeader, eventstream.StringValue(kind))
	m.Headers.Set(":"+kind+"-type", eventstream.StringValue(name))
	m.Headers.Set(eventstream.ContentTypeHeader, eventstream.StringValue("application/json"))
	m.Payload = body
	var b bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func send(w http.ResponseWriter, message []byte) {
	if _, err := w.Write(message); err == nil {
		_ = http.NewResponseController(w).Flush()
	}
}
