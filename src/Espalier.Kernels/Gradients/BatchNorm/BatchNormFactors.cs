namespace Espalier.Kernels;

/// <summary>Values shared by all pixels of a block of channels: mean, scale and bias, one vector each. y = (x − mean) · scale + bias.</summary>
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
