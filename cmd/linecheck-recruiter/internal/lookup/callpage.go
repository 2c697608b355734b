package lookup

import (
	"html/template"
	"net/http"
	"strings"

	"linecheck/assets"
)

// callPage tries a call in a person's browser. It is the same for everybody: what
// is to be measured stands in the fragment of the link, which never comes here.
type callPage struct {
	page          *template.Template
	style, script []byte
	shown         shownCall
}

// shownCall is what the page is made with.
type shownCall struct {
	Language string
	// Words are the texts that the page's program needs.
	Words map[string]string
	// Ways are those that a call may take, as the program names them.
	Ways []string
}

// sayPrefix is what the keys of texts for the page's program begin with.
const sayPrefix = "callpage.say."

func (p *Pages) newCallPage() (c callPage, err error) {
	if c.page, err = p.template("webrtc.html"); err != nil {
		return c, err
	}
	if c.style, err = assets.Web("webrtc.css"); err != nil {
		return c, err
	}
	if c.script, err = assets.Web("webrtc.js"); err != nil {
		return c, err
	}
	c.shown = shownCall{Language: p.words.Language, Words: map[string]string{}, Ways: []string{"direct", "turn-udp", "turn-tcp", "turn-tls"}}
	for key, text := range p.words.Names {
		if rest, ok := strings.CutPrefix(key, sayPrefix); ok {
			c.shown.Words[rest] = text
		}
	}
	return c, nil
}

// showCall answers with the page.
func (p *Pages) showCall(w http.ResponseWriter, _ *http.Request) {
	p.render(w, http.StatusOK, p.call.page, mayMeasure, p.call.shown)
}
