namespace Espalier.Cli;

/// <summary>Calls the handler synchronously on the reporting thread, unlike <see cref="Progress{T}"/>, which posts reports to another thread.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
