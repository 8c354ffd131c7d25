using Espalier.Tensors;

namespace Espalier.Data.Tests.Loading;

/// <summary>Pictures of one pixel that holds their index; reading some of them goes wrong.</summary>
internal sealed class ScriptedDataset(int count, Func<int, Exception?>? fault = null, bool nameless = false) : IDataset
{
    private int _reading;

    internal int MostAtOnce { get; private set; }

    public int Count => count;

    public IReadOnlyList<string> Labels => [];

    public Shape? SampleShape { get; } = [3, 1, 1];

    public int LabelOf(int index) => index % 7;

    public string NameOf(int index) => nameless ? throw new NotSupportedException("no name") : $"file{index}.png";

    public void Read(int index, PixelBuffer pixels)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _reading));
        try
        {
            if (fault?.Invoke(index) is Exception error)
            {
                throw error;
            }

            pixels.Reset(1, 1).Fill((byte)index);
        }
        finally
        {
            Interlocked.Decrement(ref _reading);
        }
    }
}
