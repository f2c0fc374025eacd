package scala.collection.mutable;

import scala.collection.AbstractTraversable;
import scala.collection.TraversableOnce;
import scala.collection.generic.Growable;

public abstract class AbstractSet extends AbstractTraversable implements Growable {
  public native Growable $plus$plus$eq$original(TraversableOnce added);
}
