namespace Espalier.Cli;

/// <summary>Passes reports on at once, on the thread that makes them; the framework's own class posts them to another.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
