// Package eval measures how well questions find what answers them, so that a
// change of the documentation, of the settings or of Docent itself is judged by
// figures and not by impressions.
//
// A question file passes through like this:
//
//	Read       JSON lines -> Questions; what is malformed is told by file and line
//	Check      the pages and sections that they name are in the index
//	Run        each is asked, and gets a Result: its scores, its refusal, its time
//	RunAnswers each is answered, where that is wanted: what it cites and says
//	Summarise  means over all of them and over each tag, and the calibration
//	Compare    two reports -> the metrics that became worse
//
// A Report is written as Markdown, JSON or JUnit's XML. Generate makes a draft of
// a question file from what an index holds.
//
// The package asks nobody by itself: Run is given a function. What it doubts is
// its own input: a question whose page was renamed would count as a miss for
// ever, so Check finds it. And a mean hides what it is made of: the report names
// every miss, with what stood in its place.
package eval
