package bundle

import (
	"bytes"
	"encoding/hex"
	"strings"
)

const (
	maxNesting    = 32       // of arrays and dictionaries
	maxDictionary = 64 << 10 // bytes
)

// dictionary holds the entries of a PDF dictionary in normal spelling: names
// as "/Name" with escapes undone, references as "7 0 R", arrays as "[...]", and
// "<<>>" for whatever is nested.
type dictionary map[string]string

// lexer reads the words of PDF. It only ever moves forward.
type lexer struct {
	data []byte
	pos  int
	end  int // of the dictionary that is read; 0 for the end of the data
}

// nextObject moves behind the next "obj" or "trailer".
func (s *lexer) nextObject() (trailer, ok bool) {
	for s.pos < len(s.data) {
		i := bytes.IndexAny(s.data[s.pos:], "ot")
		if i < 0 {
			break
		}
		at := s.pos + i
		s.pos = at + 1
		rest := s.data[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("obj")) && at > 0 && isSpace(s.data[at-1]):
			s.pos = at + len("obj")
			return false, true
		case bytes.HasPrefix(rest, []byte("trailer")):
			s.pos = at + len("trailer")
			return true, true
		}
	}
	s.pos = len(s.data)
	return false, false
}

// dictionary reads the dictionary that begins here. Where there is none, or a
// broken one, it goes on from where the reading stopped.
func (s *lexer) dictionary() (dictionary, bool) {
	s.end = min(len(s.data), s.pos+maxDictionary)
	defer func() { s.end = 0 }()
	if s.token() != "<<" {
		return nil, false
	}
	d := dictionary{}
	for {
		key := s.token()
		if key == ">>" {
			return d, true
		}
		name, ok := strings.CutPrefix(key, "/")
		if !ok {
			return nil, false
		}
		value, ok := s.value(0)
		if !ok {
			return nil, false
		}
		if _, twice := d[name]; twice {
			return nil, false
		}
		d[name] = value
	}
}

// value reads one value.
func (s *lexer) value(depth int) (string, bool) {
	if depth > maxNesting {
		return "", false
	}
	t := s.token()
	switch t {
	case "", "]", ">>":
		return "", false
	case "[", "<<":
		return s.nested(t, depth)
	}
	if !isNumber(t) {
		return t, true
	}
	back := s.pos
	if generation := s.token(); isNumber(generation) && s.token() == "R" {
		return t + " " + generation + " R", true
	}
	s.pos = back
	return t, true
}

// nested reads what is inside of an array or dictionary.
func (s *lexer) nested(open string, depth int) (string, bool) {
	closing := map[string]string{"[": "]", "<<": ">>"}[open]
	text := ""
	for {
		back := s.pos
		if s.token() == closing {
			break
		}
		s.pos = back
		v, ok := s.value(depth + 1)
		if !ok {
			return "", false
		}
		if len(text) < 64 { // enough to tell apart what is known
			text += v
		}
	}
	if open == "[" {
		return "[" + text + "]", true
	}
	return "<<>>", true
}

// beginStream moves to the first byte of a stream's data, if a stream begins here.
func (s *lexer) beginStream() bool {
	back := s.pos
	if s.token() != "stream" {
		s.pos = back
		return false
	}
	switch rest := s.data[s.pos:]; {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		s.pos += 2
	case bytes.HasPrefix(rest, []byte("\n")):
		s.pos++
	default:
		return false
	}
	return true
}

func isSpace(c byte) bool { return strings.IndexByte("\x00\t\n\f\r ", c) >= 0 }

func isDelimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

func isNumber(s string) bool {
	return len(s) > 0 && len(s) <= 10 && strings.Trim(s, "0123456789") == ""
}

// reference is the object that "7 0 R" points to, as "7 0".
func reference(s string) (string, bool) { return strings.CutSuffix(s, " R") }

// unescape undoes the #-escapes of a name, behind which a type could hide.
func unescape(name string) string {
	if !strings.Contains(name, "#") {
		return name
	}
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '#' && i+2 < len(name) {
			if b, err := hex.DecodeString(name[i+1 : i+3]); err == nil {
				out.Write(b)
				i += 2
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return out.String()
}
