package scala.collection;

public interface TraversableOnce {}
