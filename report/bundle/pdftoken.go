package bundle

// limit is where reading must stop.
func (s *lexer) limit() int {
	if s.end > 0 {
		return s.end
	}
	return len(s.data)
}

// token reads one word: a name, a number, a bracket, a keyword; "()" for any
// string, whose content is of no interest. Empty at the end or where a string does not end.
func (s *lexer) token() string {
	s.skipSpace()
	if s.pos >= s.limit() {
		return ""
	}
	at := s.pos
	c := s.data[at]
	switch {
	case c == '(':
		return s.literal()
	case c == '<' || c == '>':
		if at+1 < s.limit() && s.data[at+1] == c {
			s.pos += 2
			return string(s.data[at:s.pos])
		}
		return s.hexString()
	case c == '/':
		s.pos++
		s.regular()
		return unescape(string(s.data[at:s.pos]))
	case isDelimiter(c):
		s.pos++
	default:
		s.regular()
	}
	return string(s.data[at:s.pos])
}

func (s *lexer) regular() {
	for s.pos < s.limit() && !isSpace(s.data[s.pos]) && !isDelimiter(s.data[s.pos]) {
		s.pos++
	}
}

// skipSpace steps over blanks and comments.
func (s *lexer) skipSpace() {
	for s.pos < s.limit() {
		switch c := s.data[s.pos]; {
		case isSpace(c):
			s.pos++
		case c == '%':
			for s.pos < s.limit() && s.data[s.pos] != '\n' && s.data[s.pos] != '\r' {
				s.pos++
			}
		default:
			return
		}
	}
}

// literal steps over a string in round brackets, which may hold others.
func (s *lexer) literal() string {
	open := 0
	for ; s.pos < s.limit(); s.pos++ {
		switch s.data[s.pos] {
		case '\\':
			s.pos++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				s.pos++
				return "()"
			}
		}
	}
	s.pos = min(s.pos, s.limit())
	return ""
}

func (s *lexer) hexString() string {
	for ; s.pos < s.limit(); s.pos++ {
		if s.data[s.pos] == '>' {
			s.pos++
			return "()"
		}
	}
	return ""
}
