package scala;

public abstract class Option {
  public native boolean isDefined();

  public native Object get();
}
