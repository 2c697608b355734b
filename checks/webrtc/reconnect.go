package webrtc

import (
	"context"
	"time"

	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

const (
	// cutSpan is how long the path is cut: as long as a computer needs to change from one Wi-Fi to another.
	cutSpan = 500 * time.Millisecond
	// reconnectLimit is how long the voice may take to come back.
	reconnectLimit = 3 * time.Second
)

// reconnect cuts the path for a moment, restarts ICE as browsers do after a change
// of network, and records how long the voice took to come back once the path was
// there again. It is false where it did not: that is a fact, not an error.
func (s *stream) reconnect(ctx context.Context) (bool, error) {
	defer s.keepTalking()()
	s.call.cut.Store(true)
	if err := sleep(ctx, cutSpan); err != nil {
		return false, err
	}
	begin := s.now()
	s.call.cut.Store(false)
	limited, cancel := context.WithTimeout(ctx, reconnectLimit)
	defer cancel()
	err := s.call.negotiate(limited, &webrtc.OfferOptions{ICERestart: true})
	restarted := s.now()
	for err == nil {
		if time.Duration(s.back.Load()) > restarted {
			s.rec.Fact("reconnect", wayOpen)
			s.rec.Metric("webrtc.reconnect.ms", ms(s.now()-begin), "ms", 1)
			return true, nil
		}
		err = sleep(limited, time.Millisecond)
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	s.rec.Fact("reconnect", "failed")
	return false, nil
}

// keepTalking sends speech that nobody counts until it is told to stop.
func (s *stream) keepTalking() (stop func()) {
	quiet := make(chan struct{})
	talking := make(chan struct{})
	go func() {
		defer close(talking)
		tick := time.NewTicker(media.Interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.send(media.Up{Stream: media.Warm, Sent: s.now()}, media.SpeechSize)
			case <-quiet:
				return
			}
		}
	}()
	return func() { close(quiet); <-talking }
}

// quietLimit is after what silence it is asked whether a call lives: all that is on its way is there by then.
const quietLimit = drainLimit + 500*time.Millisecond

// lives says whether packets come back, as far as is known without waiting.
func (s *stream) lives() bool { return s.silence() < quietLimit }

// comesBack says whether packets come back. They are waited for until backLimit after the last that came.
func (s *stream) comesBack(ctx context.Context) (bool, error) {
	defer s.keepTalking()()
	begin := s.now()
	limited, cancel := context.WithTimeout(ctx, max(firstEchoLimit, backLimit-s.silence()))
	defer cancel()
	for {
		if time.Duration(s.heard.Load()) > begin {
			return true, nil
		}
		if err := sleep(limited, media.Interval); err != nil {
			return false, ctx.Err()
		}
	}
}

// sleep waits, unless it is told to stop.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
