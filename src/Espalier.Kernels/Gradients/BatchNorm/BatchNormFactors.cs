namespace Espalier.Kernels;

/// <summary>The numbers that all pixels of a block of channels share: three vectors, the mean, the scale and the bias. y = (x − mean) · scale + bias.</summary>
internal static unsafe class BatchNormFactors
{
    internal const int Vectors = 3;

    /// <summary>Sets them from the batch's moments and the parameters; zero in lanes without a channel.</summary>
    internal static void Set(float* factors, BlockedLayout layout, int block, float* mean, float* inverse, float* weight, float* bias)
    {
        int lanes = layout.Lanes;
        for (int lane = 0; lane < lanes; lane++)
        {
            int channel = (block * lanes) + lane;
            bool isChannel = channel < layout.Channels;
            factors[lane] = isChannel ? mean[lane] : 0;
            factors[lanes + lane] = isChannel ? inverse[lane] * (weight == null ? 1 : weight[channel]) : 0;
            factors[(2 * lanes) + lane] = isChannel && bias != null ? bias[channel] : 0;
        }
    }
}
