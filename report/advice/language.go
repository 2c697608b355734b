package advice

import (
	"fmt"

	"linecheck/report/strict"
)

// Language is one that there are texts in.
type Language struct {
	// Code is as "pt", Name what its speakers call it.
	Code string `json:"code"`
	Name string `json:"name"`
	// Checked: a native speaker has read the texts.
	Checked bool `json:"checked"`
}

// ParseLanguages reads the table of the languages that there are texts in, in its order.
func ParseLanguages(data []byte) (all []Language, err error) {
	if err := strict.Decode(data, MaxSize, &all); err != nil {
		return nil, fmt.Errorf("%w: the table of languages: %v", ErrCatalogue, err)
	}
	return all, nil
}
