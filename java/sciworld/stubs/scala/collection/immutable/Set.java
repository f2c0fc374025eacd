package scala.collection.immutable;

import scala.collection.Iterator;
import scala.collection.TraversableOnce;

public interface Set extends TraversableOnce {
  Iterator iterator();
}
