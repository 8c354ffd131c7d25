namespace Espalier.Imaging;

/// <summary>
/// Tracks which bits of which coefficients have been read, so that every scan must add some: a file cannot make the decoder
/// process the image repeatedly without effect.
/// </summary>
internal sealed class Progression(EncodedImage input, JpegFrame frame)
{
    private const int Nothing = -1;

    private readonly int[] _missingBits = Enumerable.Repeat(Nothing, frame.Components.Length * JpegComponent.BlockSize).ToArray();

    /// <summary>Records a scan's bits; throws if they were read before or if others must come first.</summary>
    public void Add(JpegScan scan, int offset)
    {
        foreach (JpegComponent component in scan.Components)
        {
            Span<int> missing = MissingBits(component);
            for (int k = scan.FirstCoefficient; k <= scan.LastCoefficient; k++)
            {
                if (missing[k] != (scan.PreviousShift == 0 ? Nothing : scan.PreviousShift))
                {
                    input.Fail(offset, $"a scan holds bits of coefficient {k} of component {component.Id} out of order or a second time");
                }

                missing[k] = scan.Shift;
            }
        }
    }

    /// <summary>Throws unless every component has its DC coefficients.</summary>
    /// <remarks>A file may leave AC bits out; they count as zero. (libjpeg guesses at some of them from neighbouring blocks, which no standard asks for.)</remarks>
    public void RequireComplete(int offset)
    {
        foreach (JpegComponent component in frame.Components)
        {
            if (MissingBits(component)[0] == Nothing)
            {
                input.Fail(offset, $"the image ends without a scan of component {component.Id}");
            }
        }
    }

    private Span<int> MissingBits(JpegComponent component) =>
        _missingBits.AsSpan(Array.IndexOf(frame.Components, component) * JpegComponent.BlockSize, JpegComponent.BlockSize);
}
