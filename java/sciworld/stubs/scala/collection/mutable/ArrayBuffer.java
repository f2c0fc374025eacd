package scala.collection.mutable;

public class ArrayBuffer {
  public native int size();

  public native ArrayBuffer $plus$eq(Object element);
}
