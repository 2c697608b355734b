package virtual

import (
	"fmt"
	"slices"
	"strings"
)

// Plug puts a card in, also while programs run; they see it in a new list.
func (s *Server) Plug(c Card) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.plugged, c) {
		return fmt.Errorf("the %s is plugged in already", c)
	}
	for _, cmd := range c.modules(s.dir, s.options.EchoDB) {
		if err := s.ctl(strings.SplitN(cmd, " ", 3)...); err != nil {
			return err
		}
	}
	s.plugged = append(s.plugged, c)
	return s.writeViews()
}

// Unplug takes a card away from under whoever uses it, and out of the lists. What was
// played into its room is over.
func (s *Server) Unplug(c Card) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.plugged, c)
	if i < 0 {
		return fmt.Errorf("the %s is not plugged in", c)
	}
	s.plugged = slices.Delete(s.plugged, i, i+1)
	if err := s.writeViews(); err != nil {
		return err
	}
	list, err := s.ask("list", "short", "modules")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(list), "\n")
	slices.Reverse(lines) // newest first: the microphone, then what it listens to
	for _, line := range lines {
		index, args, _ := strings.Cut(line, "\t")
		if !owns(c, args) {
			continue
		}
		if err := s.ctl("unload-module", index); err != nil && !strings.Contains(err.Error(), "No such") {
			return err
		}
	}
	return nil
}

// owns says whether the module's arguments name something of the card.
func owns(c Card, args string) bool {
	for _, field := range strings.Fields(args) {
		key, name, _ := strings.Cut(field, "=")
		if (key == "sink_name" || key == "source_name") && (name == c.sink() || name == c.room() || name == c.source()) {
			return true
		}
	}
	return false
}

// Echo sets the level in dB of the laptop's echo before its room; the microphone gets about 7.7 dB less.
func (s *Server) Echo(db float64) error { return s.set(volume("sink", Laptop.sink(), db)) }

// Gain sets a microphone's gain in dB.
func (s *Server) Gain(c Card, db float64) error { return s.set(volume("source", c.source(), db)) }

// Mute mutes a microphone in the mixer, or opens it.
func (s *Server) Mute(c Card, on bool) error {
	return s.ctl("set-source-mute", c.source(), digit(on))
}

// MuteOutput mutes a loudspeaker in the mixer, or opens it.
func (s *Server) MuteOutput(c Card, on bool) error {
	return s.ctl("set-sink-mute", c.sink(), digit(on))
}

// Hang lets a card open but neither deliver nor take a sample, or lets it go on.
func (s *Server) Hang(c Card, on bool) error {
	if err := s.ctl("suspend-source", c.source(), digit(on)); err != nil {
		return err
	}
	return s.ctl("suspend-sink", c.sink(), digit(on))
}

func (s *Server) set(cmd string) error { return s.ctl(strings.Fields(cmd)...) }

func digit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
