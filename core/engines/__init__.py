"""The engines that make pictures, behind one contract."""
