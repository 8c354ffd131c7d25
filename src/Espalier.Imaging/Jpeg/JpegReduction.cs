namespace Espalier.Imaging;

/// <summary>The size at which a JPEG image is decoded: 1/1, 1/2, 1/4 or 1/8 of its own, by the number of samples that a block of 8x8 coefficients is decoded to.</summary>
/// <param name="side">Samples along each side of a block, in a component with as many samples as the image has pixels: 8, 4, 2 or 1.</param>
internal readonly struct JpegReduction(int side)
{
    /// <summary>Samples along each side of a block, in a component with as many samples as the image has pixels.</summary>
    public int Side => side;

    /// <summary>The smallest size at which both sides are at least so many pixels (compared by whole quotients, as in the <c>draft</c> method of Pillow's images), or the full size.</summary>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    /// <param name="reduceTo">The least number of pixels, or <see langword="null"/> for the full size.</param>
    public static JpegReduction For(int width, int height, int? reduceTo)
    {
        int quotient = reduceTo is int pixels ? Math.Min(width / pixels, height / pixels) : 1;
        return new(quotient >= 8 ? 1 : quotient >= 4 ? 2 : quotient >= 2 ? 4 : JpegComponent.BlockSide);
    }

    /// <summary>The pixels of a side of the decoded image.</summary>
    public int Of(int pixels) => Ceiling((long)pixels * side, JpegComponent.BlockSide);

    /// <summary>The samples along each side of a component's blocks: twice as many while the component then has no more samples than the image has pixels, which saves upsampling (libjpeg's jdmaster.c).</summary>
    public int SideOf(int horizontal, int vertical, int maxHorizontal, int maxVertical)
    {
        int own = side;
        while (own < JpegComponent.BlockSide && maxHorizontal * side % (horizontal * own * 2) == 0 && maxVertical * side % (vertical * own * 2) == 0)
        {
            own *= 2;
        }

        return own;
    }

    internal static int Ceiling(long dividend, int divisor) => (int)((dividend + divisor - 1) / divisor);
}
