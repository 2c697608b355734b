package envelope

import (
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// StatementType is the in-toto statement version in use.
const StatementType = "https://in-toto.io/Statement/v1"

// maxSubjects bounds the things one statement builds on.
const maxSubjects = 64

// Statement is an in-toto statement about its subjects.
type Statement[T any] struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     T         `json:"predicate"`
}

// statementHead reads just enough to know what kind of statement it is.
type statementHead struct {
	Type          string         `json:"_type"`
	Subject       jsontext.Value `json:"subject"`
	PredicateType string         `json:"predicateType"`
	Predicate     jsontext.Value `json:"predicate"`
}

// Subject is one thing a statement builds on: "invite", "observation", "policy", "report" or "root".
type Subject struct {
	Name   string    `json:"name"`
	Digest DigestSet `json:"digest"`
}

// DigestSet holds the one digest in use.
type DigestSet struct {
	// SHA256 is lower-case hex.
	SHA256 string `json:"sha256"`
}

// On names the thing with that hex SHA-256 as a subject.
func On(name, sha256 string) Subject {
	return Subject{Name: name, Digest: DigestSet{SHA256: sha256}}
}

func checkSubjects(list []Subject) error {
	if len(list) > maxSubjects {
		return fmt.Errorf("%d subjects", len(list))
	}
	for _, s := range list {
		b, err := hex.DecodeString(s.Digest.SHA256)
		if err != nil || len(b) != 32 || hex.EncodeToString(b) != s.Digest.SHA256 {
			return fmt.Errorf("subject %.20q has no SHA-256 digest", s.Name)
		}
	}
	return nil
}
