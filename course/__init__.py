"""What staff run: building the notebooks, laying the learner's copies, grading."""
