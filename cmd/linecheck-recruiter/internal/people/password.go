package people

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// What a password must have.
const (
	shortestPassword = 12  // characters
	longestPassword  = 200 // bytes
)

// Why a password is not taken.
var (
	ErrShortPassword  = errors.New("a password has 12 characters at least")
	ErrLongPassword   = errors.New("a password has 200 bytes at most")
	ErrCommonPassword = errors.New("this password is one of the first that is guessed")
)

// hashesAtOnce bounds how many passwords are hashed at the same time, each in the memory
// that hashParams says.
const hashesAtOnce = 2

// longestWait is how long a sign-in waits for its turn to be hashed.
const longestWait = 30 * time.Second

// hashParams are parameters of OWASP's Password Storage Cheat Sheet for Argon2id: 12 MiB,
// three passes, one lane. It holds them to be as good as its others, which take more
// memory and fewer passes; RFC 9106's 64 MiB are more than a small server has to give away for every sign-in.
func hashParams() *argon2id.Params {
	return &argon2id.Params{Memory: 12 * 1024, Iterations: 3, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// nobodysHash is the hash of no password. To compare with it takes as long as with anybody's.
func nobodysHash() string {
	h := hashParams()
	zeros := func(n uint32) string { return base64.RawStdEncoding.EncodeToString(make([]byte, n)) }
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", h.Memory, h.Iterations, h.Parallelism, zeros(h.SaltLength), zeros(h.KeyLength))
}

// hashing holds a token for each password that is being hashed.
type hashing chan struct{}

// turn waits until a password may be hashed; done gives the turn back.
func (h hashing) turn(ctx context.Context) (done func(), err error) {
	wait := time.NewTimer(longestWait)
	defer wait.Stop()
	select {
	case h <- struct{}{}:
		return func() { <-h }, nil
	case <-wait.C:
		return nil, ErrOften
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// make hashes a new password.
func (h hashing) make(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(normal(password), hashParams())
}

// fits says whether a password is the one of a hash.
func (h hashing) fits(ctx context.Context, password, hash string) (bool, error) {
	if len(password) > longestPassword {
		password = "" // nobody's
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return argon2id.ComparePasswordAndHash(normal(password), hash)
}

// normal is a password in one spelling: keyboards write the same letter in several (NIST SP 800-63B).
func normal(password string) string { return norm.NFKC.String(password) }

// goodPassword says why a password is not taken for a login.
func goodPassword(password, login string) error {
	if len(password) > longestPassword {
		return ErrLongPassword
	}
	password = normal(password)
	if utf8.RuneCountInString(password) < shortestPassword {
		return ErrShortPassword
	}
	low := strings.ToLower(strings.TrimSpace(password))
	if low == login || slices.Contains(worstPasswords(), low) || strings.Count(low, low[:1]) == len(low) {
		return ErrCommonPassword
	}
	return nil
}

// worstPasswords are those of lists of stolen ones that are long enough, and what stands on every page of ours.
func worstPasswords() []string {
	return strings.Fields(`123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 1234567891011 123456789123 123123123123
		1q2w3e4r5t6y 1qaz2wsx3edc qwertyuiop12 qwertyuiop123 qwertyuiopas qwertyuiopasdf abcdefghijkl abc123456789 a1b2c3d4e5f6
		password1234 password12345 password123456 passwordpassword password123! iloveyou1234 administrator administrator1
		changemechangeme letmeinletmein welcome12345 linecheck1234 linechecklinecheck linecheck-recruiter`)
}
