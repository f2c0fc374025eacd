package scala.collection.immutable;

public class ListSet {
  public native boolean isEmpty();

  public native int size();

  public native Object elem();

  public native ListSet next();
}
