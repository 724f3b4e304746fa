// Package retrieval finds the passages that answer a question, and says how
// likely they do.
//
// A question passes through like this:
//
//	choose     filters -> the releases to search: one version and language of each source
//	asked      what a question leans on: the former ones count where it is elliptical
//	candidates the store's lexical list, and its dense one where there are vectors
//	rank       BM25F from the stored terms, with the statistics of all searched
//	           releases merged: several units rank as one index would
//	weigh      a learned mean of the words' score, the similarity of the vectors, and
//	           the page's: weights.json, which bench/eval learns
//	rules      what the configuration says of some pages beyond their words
//	pick       same texts once, few of one page, neighbours of a section together
//	answerable a learned estimate from how much of the question the best passages
//	           cover, and how similar they are
//	bodies     what the few picked ones say, loaded only now, joined to passages; for an
//	           answer with what stands around them in their sections
//
// Ranking stands here and not in the stores, so all stores rank alike and a
// store can be exchanged. What it doubts: that the documentation holds an
// answer at all. A question whose words the best passages don't have is marked
// for refusal, which chat honours without asking a model.
package retrieval
