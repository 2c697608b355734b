package model

// question is one that lies above a screen: what is asked, and what each answer does.
type question struct {
	key     string // of its texts; empty while nothing is asked
	about   string // the name that fills {check}
	answers []answer
}

// answer is one way to answer; act may be nil.
type answer struct {
	key string
	act func() Command
}

// QuestionView is a question with its answers, the safe one last.
type QuestionView struct {
	Title, Text string
	Answers     []string
}

// closeAsked closes at once, but asks first where a run would be cut off. Who
// asks to close while being asked means it.
func (m *Model) closeAsked() Command {
	if m.screen == Checking && m.question.key != closeKey {
		m.question = question{key: closeKey, answers: []answer{
			{"gui.close.yes", func() Command { return Command{Do: Quit} }},
			{"gui.close.no", nil},
		}}
		return Command{}
	}
	m.question = question{}
	return Command{Do: Quit}
}

const closeKey = "gui.close"

// haltAsked asks how one check is to be ended that is not over.
func (m *Model) haltAsked(check string) {
	if r := m.row(check); m.screen != Checking || r == nil || !r.pending() {
		return
	}
	halt := func(accommodation bool) func() Command {
		return func() Command { return Command{Do: Halt, Check: check, Accommodation: accommodation} }
	}
	m.question = question{key: "gui.halt", about: check, answers: []answer{
		{"gui.halt.accommodation", halt(true)},
		{"gui.halt.later", halt(false)},
		{"gui.halt.no", nil},
	}}
}

func (m *Model) answered(msg QuestionAnswered) Command {
	q := m.question
	m.question = question{}
	if msg.Answer < 0 || msg.Answer >= len(q.answers) || q.answers[msg.Answer].act == nil {
		return Command{}
	}
	return q.answers[msg.Answer].act()
}

func (m *Model) questionView() QuestionView {
	q := m.question
	v := QuestionView{Title: m.say(q.key+".title", "check", m.words.Name(q.about)), Text: m.say(q.key + ".text")}
	for _, a := range q.answers {
		v.Answers = append(v.Answers, m.words.Name(a.key))
	}
	return v
}
