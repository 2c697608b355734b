// Package document gives the PDF of a report its texts and fonts, for the
// programs that draw or verify one. What is on its pages is not for here.
package document

import (
	"sync"

	"linecheck/assets"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/render/pdf"
)

// View is what the programs draw with. All use the same, so that one can draw
// again what another has drawn.
func View() (pdf.View, error) {
	text, err := assets.Locale("en")
	if err != nil {
		return pdf.View{}, err
	}
	words, err := advice.Parse(text)
	if err != nil {
		return pdf.View{}, err
	}
	v := pdf.View{Words: words}
	for _, name := range []string{"NotoSansDevanagari-Regular", "NotoSansArabic-Regular", "DroidSansFallbackFull"} {
		font, err := assets.Font(name)
		if err != nil {
			return v, err
		}
		v.Fonts.Others = append(v.Fonts.Others, font)
	}
	if v.Fonts.Regular, err = assets.Font("NotoSans-Regular"); err != nil {
		return v, err
	}
	v.Fonts.Bold, err = assets.Font("NotoSans-Bold")
	return v, err
}

// Draw draws reports.
func Draw() func(b bundle.Bundle, organisation string, policy []byte) ([]byte, error) {
	view := sync.OnceValues(View)
	return func(b bundle.Bundle, organisation string, policy []byte) ([]byte, error) {
		v, err := view()
		if err != nil {
			return nil, err
		}
		v.Organisation, v.Policy = organisation, policy
		return pdf.Render(b, v)
	}
}

// Pages compares the pages of a PDF with the report attached to it. The fonts
// are read for the first PDF, so that other forms do not wait for them.
func Pages() func(file []byte, b bundle.Bundle, organisation string) (string, error) {
	view := sync.OnceValues(View)
	return func(file []byte, b bundle.Bundle, organisation string) (string, error) {
		v, err := view()
		if err != nil {
			return "", err
		}
		v.Organisation = organisation
		return pdf.Compare(file, b, v)
	}
}
