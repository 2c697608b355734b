package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"

	"linecheck/report/crockford"
	"linecheck/report/envelope"
)

// InvitePath is where a server hands out the invite of a code, which follows it.
const InvitePath = "/v1/invites/"

const (
	// codeLength is how many characters a code has: 130 bits.
	codeLength = 26
	// codeBytes are as many random bytes as 26 characters hold, and 6 bits more.
	codeBytes = 17
	// codeGroup is how many characters stand together.
	codeGroup = 5
	// longestAddress bounds what is looked at, in bytes.
	longestAddress = 400
	// pinMark stands before the pin's digits in a short link.
	pinMark = "/pin/"
	// pinAlgorithm begins every pin.
	pinAlgorithm = "sha256:"
)

// NewInviteCode is a fresh code for an invite: whoever knows it gets the invite.
func NewInviteCode(random io.Reader) (string, error) {
	b := make([]byte, codeBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return crockford.Encode(b)[:codeLength], nil
}

// InviteAddress is a code as people type it: the server's name, and the code in groups.
func InviteAddress(origin, code string) string {
	var groups []string
	for ; len(code) > codeGroup+1; code = code[codeGroup:] {
		groups = append(groups, code[:codeGroup])
	}
	groups = append(groups, code)
	return strings.TrimPrefix(strings.TrimRight(origin, "/"), "https://") + "/" + strings.Join(groups, "-")
}

// ShortLink is a code as a link that opens the program, with the pin of the server's certificate; an
// empty pin is for one that the public roots vouch for. Unlike [Link] it is short enough for every system: browsers on
// Windows pass none on that is longer than 2048 characters.
func ShortLink(origin, code, pin string) string {
	link := linkScheme + strings.TrimPrefix(strings.TrimRight(origin, "/"), "https://") + "/i/" + code
	if pin != "" {
		link += pinMark + strings.TrimPrefix(pin, pinAlgorithm)
	}
	return link
}

// linkScheme begins every link that opens the program.
const linkScheme = "linecheck://"

// ParseInviteAddress reads a code as people type or paste it: small letters, spaces, O
// for 0, I and L for 1, with "https://" or a path before the code; or a [ShortLink], which alone may have a
// pin. ok is false for anything else, as a [Link] or the name of a file.
func ParseInviteAddress(text string) (origin, code, pin string, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > longestAddress {
		return "", "", "", false
	}
	if strings.HasPrefix(text, linkScheme) {
		if text, pin, ok = strings.Cut(text, pinMark); ok {
			if digits, err := hex.DecodeString(pin); err != nil || len(digits) != sha256.Size {
				return "", "", "", false
			}
			pin = pinAlgorithm + strings.ToLower(pin)
		}
	}
	if rest, ok := strings.CutPrefix(text, linkScheme); ok && !strings.HasPrefix(text, LinkPrefix) {
		text = "https://" + rest
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	at := strings.LastIndexByte(text, '/')
	u, err := url.Parse(strings.ReplaceAll(text[:max(0, at)], " ", ""))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", "", "", false
	}
	code = crockford.Plain(text[at+1:])
	if len(code) != codeLength || strings.Trim(code, crockford.Digits) != "" {
		return "", "", "", false
	}
	return "https://" + strings.ToLower(u.Host), code, pin, true
}

// CodeDigest is what a server keeps of a code: the hex SHA-256 of its characters.
func CodeDigest(code string) string {
	sum := sha256.Sum256([]byte("linecheck invite " + code))
	return hex.EncodeToString(sum[:])
}

// Invite fetches the invite of a code. It is not verified here.
func (c *Client) Invite(ctx context.Context, code string) (envelope.Envelope, error) {
	return c.envelope(ctx, http.MethodGet, InvitePath+url.PathEscape(code), nil)
}
